/** What a picture shows. Each is drawn by a function of its own. */
export type Subject = "mountains" | "sea" | "city" | "meadow" | "fruit" | "stars";

/** At least one text. */
export type Texts = readonly [string, ...string[]];

/** The words of a subject. */
export interface SubjectWords {
  readonly titles: Texts;
  readonly places: Texts;
  readonly tags: Texts;
  /** What people say of such a picture. */
  readonly remarks: Texts;
}

/** The words of each subject. */
export const SUBJECT_WORDS = {
  mountains: {
    titles: [
      "Ridge after ridge",
      "First snow",
      "Above the clouds",
      "The long way up",
      "Quiet peak",
    ],
    places: ["Aosta", "the Tatras", "Ladakh", "Kaçkar", "Torres del Paine", "Glen Coe"],
    tags: ["mountains", "hiking", "landscape", "alpenglow", "fog", "winter"],
    remarks: [
      "The layers of haze are beautiful.",
      "I can feel the cold air from here.",
      "Which pass is this?",
      "My knees hurt from looking at it.",
    ],
  },
  sea: {
    titles: [
      "Low tide",
      "Last boat home",
      "Evening swell",
      "A sun like copper",
      "Nothing but water",
    ],
    places: ["Nazaré", "Skagen", "Zanzibar", "Cefalù", "Cape Breton", "the Black Sea"],
    tags: ["sea", "sunset", "boat", "coast", "longexposure", "blue"],
    remarks: [
      "The reflection makes the picture.",
      "I miss the sea so much.",
      "How long was the exposure?",
      "The little sail is perfectly placed.",
    ],
  },
  city: {
    titles: [
      "Windows at nine",
      "Rush hour, from above",
      "Neighbours",
      "Blue hour",
      "Nobody sleeps",
    ],
    places: ["Osaka", "Lagos", "Rotterdam", "São Paulo", "Tbilisi", "Chicago"],
    tags: ["city", "night", "architecture", "windows", "street", "bluehour"],
    remarks: [
      "Every window is a story.",
      "I think I used to live there!",
      "The blue of the sky is unreal.",
      "Tripod, or a very steady hand?",
    ],
  },
  meadow: {
    titles: ["After the rain", "Poppies, mostly", "Bees were here", "June", "Where the path ends"],
    places: ["Alentejo", "Transylvania", "the Cotswolds", "Hokkaido", "Kerry", "the Jura"],
    tags: ["flowers", "meadow", "spring", "macro", "green", "garden"],
    remarks: [
      "So much colour in one frame.",
      "What are the blue ones called?",
      "This is what June smells like.",
      "Lovely and soft in the background.",
    ],
  },
  fruit: {
    titles: ["Still life with oranges", "Market day", "Three of a kind", "Breakfast", "Ripe"],
    places: ["Palermo", "Marrakesh", "Oaxaca", "my kitchen", "Chiang Mai", "grandmother's table"],
    tags: ["stilllife", "food", "fruit", "market", "light", "kitchen"],
    remarks: [
      "Chardin would be proud.",
      "Now I am hungry.",
      "Is that one window, from the left?",
      "The shadow on the table is so good.",
    ],
  },
  stars: {
    titles: ["Perseids", "New moon", "Forty seconds", "The pines and the dark", "So many"],
    places: ["Atacama", "La Palma", "the Karoo", "Lapland", "Uluru", "the roof"],
    tags: ["stars", "night", "astro", "milkyway", "longexposure", "trees"],
    remarks: [
      "I did not know one could see that many.",
      "No light pollution at all, wow.",
      "Did you stack this?",
      "I can hear the silence.",
    ],
  },
} as const satisfies Record<Subject, SubjectWords>;

/** All subjects. */
export const SUBJECTS = ["mountains", "sea", "city", "meadow", "fruit", "stars"] as const;
