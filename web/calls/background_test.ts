/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { blur, canBlur, isBlurred } from "./background.ts";

/** A camera that can do this, and that refuses to where it is told to. */
class FakeCamera {
  constraints: MediaTrackConstraints = { width: { ideal: 1280 } };
  isStubborn = false;
  readonly #can: unknown;

  constructor(can: unknown) {
    this.#can = can;
  }

  getCapabilities = () => ({ backgroundBlur: this.#can }) as MediaTrackCapabilities;
  getConstraints = () => this.constraints;
  getSettings = (): MediaTrackSettings => ({ backgroundBlur: this.constraints.backgroundBlur === true });
  applyConstraints = (constraints: MediaTrackConstraints = {}) => {
    if (this.isStubborn) return Promise.reject(new DOMException("", "OverconstrainedError"));
    this.constraints = constraints;
    return Promise.resolve();
  };
}

Deno.test("the background is blurred where the camera can do both, and what else was asked of it stays", async () => {
  const camera = new FakeCamera([false, true]);
  assertEquals([canBlur(camera), isBlurred(camera)], [true, false]);
  await blur(camera, true);
  assertEquals(isBlurred(camera), true);
  assertEquals(camera.constraints, { width: { ideal: 1280 }, backgroundBlur: true });
  await blur(camera, false);
  assertEquals(isBlurred(camera), false);
  camera.isStubborn = true;
  await blur(camera, true);
  assertEquals(isBlurred(camera), false);
});

Deno.test("a camera that always blurs, that never does, that says nothing of it, or that is off, has no switch", () => {
  for (const can of [[true], [false], [], undefined, true]) assertEquals(canBlur(new FakeCamera(can)), false);
  assertEquals(canBlur({} as MediaStreamTrack), false);
  assertEquals([canBlur(null), isBlurred(null)], [false, false]);
});
