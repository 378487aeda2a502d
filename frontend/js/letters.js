// Whether a label is meant by what was typed: a part of it, or the letters of its Chinese characters (data-letters).
export function isMeant(label, letters, text) {
  const typed = text.toLowerCase();
  if (label.toLowerCase().includes(typed)) return true;
  return Boolean(letters) && ` ${letters}`.includes(` ${typed.replace(/\s+/g, "")}`);
}
