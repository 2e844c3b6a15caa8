/**
 * Case folding: spellings that differ only in case, or in how an accent is composed, become one
 * text. Postgres does not do it, since its lower() depends on the database's locale: with "C" it
 * would leave É as it is.
 */
export function fold(text: string): string {
  // A capital sigma folds to ς at a word's end and to σ before other letters. A prefix does not
  // show which of them follows.
  return text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}

/**
 * Folds an e-mail address to the form that is unique. Only the case is folded, since mail systems
 * regard no more than case as equal.
 */
export function foldEmail(email: string): string {
  return email.toLowerCase();
}
