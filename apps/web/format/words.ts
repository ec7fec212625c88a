const special: Readonly<Record<string, string>> = {
  und: 'Not known',
  '': 'Not given',
  zxx: 'No words',
  qam: 'Mentions only',
  qct: 'Tags of cash only',
  qht: 'Hashtags only',
  qme: 'Media only',
  qst: 'Very short texts',
  art: 'Artificial',
  in: 'Indonesian',
  iw: 'Hebrew',
  ji: 'Yiddish',
};

let names: Intl.DisplayNames | undefined;

/** What people call a language tag of a platform; the tag itself where nobody knows. */
export function languageName(tag: string): string {
  const known = special[tag.toLowerCase()];
  if (known !== undefined) return known;
  try {
    names ??= new Intl.DisplayNames(['en'], { type: 'language' });
    return names.of(tag) ?? tag;
  } catch {
    return tag; // not a well-formed tag
  }
}

/** Platforms as people know them, short enough for a mark. */
export function platformName(platform: string): string {
  const known: Readonly<Record<string, string>> = {
    x: 'X',
    twitter: 'X',
    mastodon: 'Mastodon',
    bluesky: 'Bluesky',
    simulated: 'Simulated',
    'simulated-x': 'Simulated',
    sample: 'Simulated',
  };
  return known[platform] ?? platform;
}

const rtl = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;
const ltr = /[A-Za-z\u00c0-\u024f\u0370-\u058f\u0900-\u1fff\u3040-\u9fff\uac00-\ud7af]/u;

/** The direction of a text by its first strong letter after tags, mentions and addresses, which are often Latin. */
export function direction(text: string): 'rtl' | 'ltr' {
  const words = text.replace(/(?:https?:\/\/\S+|[@#]\S+|\bRT\b)/gu, ' ');
  for (const sample of [words, text]) {
    for (const letter of sample) {
      if (rtl.test(letter)) return 'rtl';
      if (ltr.test(letter)) return 'ltr';
    }
  }
  return 'ltr';
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1] ?? ''}`;
}
