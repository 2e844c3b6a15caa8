/**
 * The forms of texts that people compare: how tags, handles, logins, names and searches are folded,
 * which blanks do not count, and which texts show nothing. It is the only place that decides this.
 */

/**
 * White space and control characters, and what a font shows as a gap or not at all. NUL is none of
 * them: it is an error everywhere.
 */
const BLANKS = String.raw`\p{White_Space}\u0001-\u001F\u007F-\u009F\u00AD\u115F\u1160\u200B\u2028-\u202E\u2060-\u2069\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB`;
/** One of them. Each is one code unit. */
const BLANK = new RegExp(`^[${BLANKS}]$`, "u");
/** A text of nothing else shows nothing. A lone variation selector or joiner shows nothing too. */
const INVISIBLE = new RegExp(`^[${BLANKS}\\p{Default_Ignorable_Code_Point}]*$`, "u");

/**
 * Characters that show nothing, but for the two joiners, which change how their neighbours look in
 * some scripts and in emoji.
 */
const IGNORED = /[^\P{Default_Ignorable_Code_Point}\u200C\u200D]/gu;
/** Joiners that join nothing: not behind a letter of such a script, or behind an emoji. */
const IDLE_JOINERS =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Mn}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}])[\u200C\u200D]+|[\u200C\u200D]+$/gu;

/** Whether a text shows nothing: it is empty, or has only blanks and invisible characters. */
export function isBlank(text: string): boolean {
  return INVISIBLE.test(text);
}

/**
 * Removes the blanks around a text. A text that shows nothing becomes empty.
 *
 * It looks from both ends, because anybody may send any text. A regular expression for the blanks
 * at the end starts again at each blank within, and took 10 s for 60,000 of them.
 */
export function trimBlanks(text: string): string {
  if (isBlank(text)) return "";
  let [start, end] = [0, text.length];
  while (BLANK.test(text.charAt(start))) start += 1;
  while (BLANK.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * Folds a text to the form by which it is compared: texts that people read as the same become one.
 * That is NFKC_Casefold of the Unicode Standard (3.13, R4 and R5), but for joiners that join: one
 * composition of accents, one width and style of letters, no case, no invisible characters.
 *
 * Postgres does not do it, since its lower() depends on the database's locale: with "C" it would
 * leave É as it is.
 */
export function fold(text: string): string {
  const lower = text.normalize("NFKC").toLowerCase().normalize("NFKC").toLowerCase();
  // Full case folding: JavaScript only maps to lower case. A capital sigma becomes ς at a word's
  // end and σ before other letters, and a prefix does not show which of them follows.
  const folded = lower.replaceAll("ß", "ss").replaceAll("ς", "σ");
  return folded.replace(IGNORED, "").replace(IDLE_JOINERS, "").normalize("NFKC");
}
