import { pick, randomFor } from "./random-for.ts";

/** A person of a world. */
export interface PlannedPerson {
  readonly handle: string;
  readonly email: string;
  readonly displayName: string;
  /** Empty for those who say nothing about themselves. */
  readonly bio: string;
  /** Whether one of their pictures, if they have any, is their avatar. */
  readonly hasAvatar: boolean;
}

const FIRST_NAMES = [
  ...(["Ada", "Amara", "Anouk", "Ayşe", "Bruno", "Camille", "Chidi", "Dmitri", "Elif"] as const),
  ...["Émile", "Farah", "Fatou", "Grace", "Hana", "Hugo", "Ines", "Jamal", "Joana", "Kaito"],
  ...["Kwame", "Lars", "Leila", "Lucía", "Malik", "Marta", "Mei", "Miguel", "Nadia", "Nils"],
  ...["Nora", "Olga", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Samir", "Sofía", "Tariq"],
  ...["Tomás", "Uma", "Vera", "Wanda", "Yara", "Yuki", "Zoë"],
] as const satisfies readonly [string, ...string[]];
const LAST_NAMES = [
  ...(["Abebe", "Almeida", "Andersson", "Bauer", "Berg", "Castro", "Chen", "Costa"] as const),
  ...["Demir", "Diallo", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Hoffmann", "Ito"],
  ...["Ivanova", "Jansen", "Kaya", "Keller", "Khan", "Kovács", "Laine", "Lopez", "Mbeki"],
  ...["Moreau", "Müller", "Nakamura", "Novák", "Okafor", "Park", "Petrov", "Quist", "Reyes"],
  ...["Rossi", "Sato", "Silva", "Singh", "Tanaka", "Torres", "Vogel", "Weber", "Yilmaz"],
] as const satisfies readonly [string, ...string[]];
const CRAFTS = [
  "Weekend photographer",
  "Film and patience",
  "Architect with a camera",
  "Always awake before the sun",
  "I walk, and sometimes I stop",
  "Botanist",
  "Night owl",
  "Cook, father of two, bad at golf",
] as const;
const PLACES = [
  "Lisbon",
  "Kyoto",
  "Tromsø",
  "Accra",
  "Valparaíso",
  "Leeds",
  "İzmir",
  "Pune",
  "Ghent",
  "the hills",
] as const;
const GEAR = ["An old Pentax.", "One lens, 35 mm.", "Mostly a phone.", "No filters.", ""] as const;

const NAME_CHARACTERS_MAX = 24;
const SUFFIX_DIGITS = 4;

/** Plans the people of a world. Their handles are unique in it. */
export function planPeople(seed: number, count: number): readonly PlannedPerson[] {
  const handles = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const random = randomFor(seed, "person", index);
    const displayName = `${pick(random, FIRST_NAMES)} ${pick(random, LAST_NAMES)}`;
    const name = asciiOf(displayName).slice(0, NAME_CHARACTERS_MAX);
    let handle: string;
    do handle = `${name}_${random.hex(SUFFIX_DIGITS)}`;
    while (handles.has(handle));
    handles.add(handle);
    const isSilent = random.next() < 0.25;
    const bio = `${pick(random, CRAFTS)}. ${pick(random, PLACES)}. ${pick(random, GEAR)}`.trim();
    return {
      handle,
      email: `${handle}@example.org`,
      displayName,
      bio: isSilent ? "" : bio,
      hasAvatar: random.next() < 0.8,
    };
  });
}

/** The letters of a name without their marks, as a handle may have them. */
function asciiOf(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
}
