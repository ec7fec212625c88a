/**
 * What people write in one language. `{city}` becomes a place, `{who}` a mention, `{tag}` a hashtag within the
 * sentence, `{n}` a number.
 */
export interface Language {
  /** The platform's own code: 'in' for Indonesian, 'und' where it could not tell. */
  readonly code: string;
  readonly weight: number;
  readonly sentences: readonly string[];
  /** Hashtags of this language, most used first. */
  readonly tags: readonly string[];
  readonly names: readonly string[];
  /** Written without spaces between sentences and words. */
  readonly dense?: boolean;
}
