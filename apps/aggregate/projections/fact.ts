import {
  type ControlSeen,
  type CountedKey,
  type Post,
  type PostEnriched,
  type RawPlace,
  type RecordRejected,
} from '#libs/events';

/**
 * What an outcome turned out to be once it is known which records came before it. Re-sends and what is refused are
 * no facts: they count nowhere.
 */
export type Fact =
  /** The first record of a post: it gives the post's counts. `keys` are its `countedKeys`. */
  | {
      readonly kind: 'post';
      readonly outcome: PostEnriched;
      readonly post: Post;
      readonly keys: readonly CountedKey[];
    }
  /** Another copy of a post that is known. */
  | { readonly kind: 'duplicate'; readonly outcome: PostEnriched; readonly post: Post }
  | { readonly kind: 'control'; readonly outcome: ControlSeen }
  | { readonly kind: 'rejected'; readonly outcome: RecordRejected }
  /** A rejected record was replayed, and rejected once more. */
  | { readonly kind: 'retried'; readonly outcome: RecordRejected; readonly original: RawPlace }
  /** A replay of a rejected record was understood. */
  | {
      readonly kind: 'closed';
      readonly outcome: PostEnriched | ControlSeen;
      readonly original: RawPlace;
    };

export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;
