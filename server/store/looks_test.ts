import { assert, assertEquals } from "@std/assert";
import { casefold } from "../../protocol.ts";
import { random } from "../testing.ts";
import { lookOf, NamesByLook } from "./looks.ts";

/** Whether one name could be taken for the other. */
function areAlike(one: string, other: string): boolean {
  const [first, second] = [lookOf(one), lookOf(other)];
  return first.pattern !== second.pattern && first.skeletons.some((skeleton) => second.skeletons.includes(skeleton));
}

Deno.test("lookOf() finds names that could be taken for each other, in whatever case", () => {
  const table: [name: string, other: string][] = [
    ["evan", "еvan"],
    ["evan", "ЕVAN"],
    ["Evan", "EVАN"],
    ["ivan", "ІVAN"],
    ["ivan", "іvan"],
    ["IVAN", "IVAΝ"],
    ["hello", "ΗELLO"],
    ["paul", "Ρaul"],
    ["nina", "ոina"],
    ["sarah", "ѕаrаh"],
    ["b0b", "bОb"],
    ["bill", "biӀl"],
    ["bill", "bi\u01c0\u01c0"],
    ["modem", "mоdem"],
    ["mike", "ⅿikе"],
    ["anna", "аnna"],
    ["Анна", "Aннa"],
    ["вася", "вaся"],
    ["ВАСЯ", "BACЯ"],
    ["Νίκος", "Nίκος"],
    ["カナ", "力ナ"],
    ["工", "エ"],
    ["Müller", "Мüller"],
    ["José", "Jοsé"],
    ["#tea", "#tеa"],
    ["a_b", "aߺb"],
  ];
  for (const [name, other] of table) {
    assert(areAlike(name, other), `${name} ${other}`);
    assert(areAlike(other, name), `${other} ${name}`);
  }
});

Deno.test("lookOf() tells names apart that are two names", () => {
  const table: [name: string, other: string][] = [
    ["evan", "Evan"],
    ["modem", "modern"],
    ["mоdem", "modern"],
    ["b0b", "bob"],
    ["bill", "bi11"],
    ["bill", "bi||"],
    ["Ivan", "lvan"],
    ["wave", "vvave"],
    ["Müller1", "Müllerl"],
    ["jose", "josé"],
    ["boba", "вова"],
    ["Anna", "Анна"],
    ["toma", "тома"],
    ["вася", "ваня"],
    ["山田", "山由"],
    ["evan", "еvan_"],
    ["evan", "evаn2"],
  ];
  for (const [name, other] of table) {
    assert(!areAlike(name, other), `${name} ${other}`);
    assert(!areAlike(other, name), `${other} ${name}`);
  }
});

/** Characters of one script each, from which names are made. */
const SCRIPTS = [
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-|`^",
  "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯіїєґІЇЄҐ",
  "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
  "אבגדהוזחטיכלמנסעפצקרשת",
  "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
  "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも",
  "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ",
  "张王李赵陈刘杨黄周吴徐孙马朱胡林郭何高罗小明丽华伟芳娜敏静强磊军洋",
  "가나다라마바사아자차카타파하김이박최정강조윤장임",
  "กขคงจฉชซญดตถทนบปผพฟมยรลวสหอ",
];

Deno.test("NamesByLook finds a look-alike of a name exactly where there is one, however names come and go", () => {
  const next = random(14);
  const pick = <T>(from: readonly T[]) => from[Math.floor(next() * from.length)];
  const scripts = SCRIPTS.map((script) => [...script]);
  const latin = [...SCRIPTS[0]], cyrillic = [..."аеорсухіѕјԁһӏАВЕКМНОРСТУХІ"];
  const name = () => {
    // Few short ones, so that names meet; some mix scripts on purpose.
    const letters = next() < 0.3 ? [...latin.slice(0, 9), ...cyrillic.slice(0, 9)] : pick(scripts);
    return Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(letters)).join("").normalize("NFC");
  };
  const index = new NamesByLook();
  const names = new Map<string, string>();
  let met = 0;
  for (let i = 0; i < 6_000; i++) {
    const one = name(), folded = casefold(one);
    const expected = [...names.values()].filter((other) => areAlike(one, other)).sort();
    const found = [...new Set(index.alike(lookOf(one)))].sort();
    assertEquals(found, expected, one);
    met += expected.length;
    const before = names.get(folded);
    if (before !== undefined) index.delete(before);
    if (next() < 0.5) {
      names.delete(folded);
    } else {
      index.add(one);
      names.set(folded, one);
    }
    // The table stays small enough to be compared with.
    if (names.size > 150) {
      const [oldest, spelled] = names.entries().next().value!;
      names.delete(oldest);
      index.delete(spelled);
    }
  }
  assert(met > 100, `${met} look-alikes`);
  for (const spelled of names.values()) index.delete(spelled);
  for (const script of scripts) for (const character of script) assertEquals([...index.alike(lookOf(character))], []);
});

Deno.test("Random names of one script are taken for no others of it but where their skeletons agree", () => {
  const next = random(15);
  for (const script of SCRIPTS) {
    const letters = [...script];
    const index = new NamesByLook();
    const names = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const name = Array.from(
        { length: 4 + Math.floor(next() * 6) },
        () => letters[Math.floor(next() * letters.length)],
      )
        .join("").normalize("NFC");
      const alike = [...index.alike(lookOf(name))];
      for (const other of alike) assert(areAlike(name, other), `${name} ${other}`);
      // Names of random letters meet nearly never; those of ASCII cannot.
      assertEquals(alike, [], name);
      if (![...names].some((other) => casefold(other) === casefold(name))) index.add(name);
      names.add(name);
    }
  }
});

Deno.test("A thousand names that look the same in ASCII cost a look no more than one", () => {
  const index = new NamesByLook();
  for (let i = 0; i < 1_024; i++) index.add(i.toString(2).padStart(10, "0").replaceAll("0", "l"));
  let looks = 0;
  for (const _ of index.alike(lookOf("1111111111"))) looks++;
  assertEquals(looks, 0);
  assertEquals(index.alike(lookOf("ӏӏӏӏӏӏӏӏӏӏ")).next().done, false);
});
