/**
 * Folds a text so that spellings which differ in case, or in how an accent is composed, are found
 * as one. It is done here and not by Postgres, whose lower() depends on the database's locale: with
 * "C" it would leave É as it is.
 */
export function fold(text: string): string {
  // A capital sigma folds to ς at a word's end and to σ before other letters, which a prefix can't
  // know.
  return text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}

/**
 * Folds an e-mail address to what is unique. Only the case is folded, since mail systems know no
 * more.
 */
export function foldEmail(email: string): string {
  return email.toLowerCase();
}
