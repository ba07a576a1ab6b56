/**
 * The page's own words, in the language of this screen. Every text lives in words/en.ts and, with the same keys, in each
 * other language of that folder.
 *
 * The server's texts (alarms and what to do about them, reasons, notices, refusals) are in English whatever the page
 * speaks: they are what the record holds too.
 */

import { en, type Words } from "./words/en";
import { es } from "./words/es";

export type { Words };

export const languages = { en, es } satisfies Record<string, Words>;
export type Language = keyof typeof languages;

export const LANGUAGE_KEY = "vitalwatch.language";

/**
 * The language of this screen: what the address asks for (`?lang=es`), else what was set here, else the browser's, else
 * English.
 */
export function chooseLanguage(query: string, set: string | null, preferred: readonly string[]): Language {
  const wanted = [new URLSearchParams(query).get("lang"), set, ...preferred];
  for (const tag of wanted) {
    const language = tag?.toLowerCase().split("-")[0];
    if (language && language in languages) return language as Language;
  }
  return "en";
}

// Chosen once: a screen that changes its language loads the page anew. Outside a browser (tests) it is English.
export const language: Language =
  typeof document === "undefined"
    ? "en"
    : chooseLanguage(location.search, localStorage.getItem(LANGUAGE_KEY), navigator.languages);
export const words: Words = languages[language];
