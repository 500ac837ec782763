/**
 * A bound on the threads of a program, by a control group of a test's own.
 *
 * @module
 */

/** A control group, in which there are as many threads as there were when the last process came into it. */
class ThreadGroup implements Disposable {
  readonly #tree: string;
  readonly #folder: string;

  /** @throws {Error} Where none can be made. */
  constructor(tree: string) {
    this.#tree = tree;
    this.#folder = `${tree}/teahouse-${crypto.randomUUID()}`;
    Deno.mkdirSync(this.#folder);
    try {
      Deno.readTextFileSync(`${this.#folder}/pids.max`);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  take(pid: number): void {
    Deno.writeTextFileSync(`${this.#folder}/cgroup.procs`, `${pid}`);
    Deno.writeTextFileSync(`${this.#folder}/pids.max`, Deno.readTextFileSync(`${this.#folder}/pids.current`));
  }

  [Symbol.dispose](): void {
    try {
      for (const pid of Deno.readTextFileSync(`${this.#folder}/cgroup.procs`).split("\n").filter(Boolean)) {
        Deno.writeTextFileSync(`${this.#tree}/cgroup.procs`, pid);
      }
    } catch {
      // They have ended.
    }
    Deno.removeSync(this.#folder);
  }
}

/** Where Linux has the groups that count threads: the older way with a tree for each resource, or one tree for all. */
const TREE = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].find((folder) => {
  try {
    new ThreadGroup(folder)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
});

/** Whether threads can be bounded here. */
export const canBoundThreads = TREE !== undefined;

/** Lets a process make no threads beyond those that it has, until this is disposed of. */
export function boundThreads(pid: number): Disposable {
  const group = new ThreadGroup(TREE!);
  group.take(pid);
  return group;
}
