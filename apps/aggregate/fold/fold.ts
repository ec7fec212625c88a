import { type Outcome } from '#libs/events';

import { projections } from '../projections/all.js';
import { deletedPartitions } from '../projections/deleted-partitions.js';
import { type Fact } from '../projections/fact.js';
import { positions } from '../projections/positions.js';
import { type NewPost } from '../projections/posts.js';
import { type Projection, Tally } from '../projections/projection.js';
import {
  deletionName,
  type Known,
  placeName,
  positionName,
  postName,
  type RejectionState,
  spaceName,
} from './known.js';
import { type PreparedPost, type PreparedRecord } from './slice.js';

/** Copies of a post that was in the tables before the batch. */
export interface MoreDuplicates {
  readonly collection: string;
  readonly platform: string;
  readonly instance: string;
  readonly id: string;
  count: number;
}

/** What became of the outcomes of a batch. */
export interface FoldCounts {
  posts: number;
  duplicates: number;
  rejections: number;
  controls: number;
  /** Delivered before, or of what is deleted: counted nowhere. */
  dropped: number;
}

type Understood = Extract<Outcome, { type: 'PostEnriched' | 'ControlSeen' }>;

/**
 * The fold of a batch. Pure: from what is known and the records to the rows they contribute. Records of a partition
 * are to be added in the order of the log; the order of partitions does not matter.
 */
export class Fold {
  readonly newPosts = new Map<string, NewPost>();
  readonly duplicates = new Map<string, MoreDuplicates>();
  readonly tallies: ReadonlyMap<Projection, Tally> = new Map(projections.map((p) => [p, new Tally(p)]));
  readonly nextRaw: Map<number, number>;
  readonly counts: FoldCounts = { posts: 0, duplicates: 0, rejections: 0, controls: 0, dropped: 0 };
  readonly #highest: Map<string, number>;
  readonly #rejections: Map<string, RejectionState>;
  readonly #deleted: Set<string>;
  readonly #folding: readonly Tally[];

  constructor(private readonly known: Known) {
    this.nextRaw = new Map(known.nextRaw);
    this.#highest = new Map(known.highest);
    this.#rejections = new Map(known.rejections);
    this.#deleted = new Set(known.deleted);
    this.#folding = [...this.tallies.values()].filter(
      ({ projection }) => Object.keys(projection.fold).length > 0,
    );
  }

  add({ outcome, prepared }: PreparedRecord): void {
    const { partition, offset } = outcome.raw;
    if (offset < (this.nextRaw.get(partition) ?? 0) || !this.#isWanted(outcome)) {
      this.counts.dropped += 1;
    } else if (!this.#count(outcome, prepared, this.#isNewPosition(outcome))) {
      this.counts.dropped += 1;
    }
    this.nextRaw.set(partition, Math.max(offset + 1, this.nextRaw.get(partition) ?? 0));
  }

  /** False for what is refused because its collection is deleted here. */
  #isWanted({ collection, raw }: Outcome): boolean {
    return !this.#deleted.has(deletionName(collection, raw.partition));
  }

  #isNewPosition({ type, source, position, raw }: Outcome): boolean {
    if (type === 'MarkerPassed') return true;
    const name = positionName(source, raw.partition);
    if (position <= (this.#highest.get(name) ?? Number.NEGATIVE_INFINITY)) return false;
    this.#highest.set(name, position);
    this.tallies.get(positions)?.add({ source, partition: raw.partition, highest: position });
    return true;
  }

  /** @returns whether the outcome counts. */
  #count(outcome: Outcome, prepared: PreparedPost | null, isNew: boolean): boolean {
    switch (outcome.type) {
      case 'MarkerPassed':
        return this.#marker(outcome);
      case 'RecordRejected':
        return isNew && this.#rejected(outcome);
      case 'ControlSeen':
        if (!isNew || !this.#isOpen(outcome)) return false;
        this.counts.controls += 1;
        this.#fact({ kind: 'control', outcome });
        break;
      case 'PostEnriched':
        if (!prepared || !this.#isOpen(outcome) || !this.#post(prepared, isNew)) return false;
        break;
    }
    this.#close(outcome);
    return true;
  }

  #marker({ data, collection, raw: { partition } }: Extract<Outcome, { type: 'MarkerPassed' }>): boolean {
    if (data.kind !== 'CollectionDeleted') return true;
    this.#deleted.add(deletionName(collection, partition));
    this.tallies.get(deletedPartitions)?.add({ collection, partition });
    return true;
  }

  #rejected(outcome: Extract<Outcome, { type: 'RecordRejected' }>): boolean {
    const { replayOf: original, raw } = outcome;
    if (!original) {
      const closed = this.#rejections.get(placeName(raw))?.closed ?? false;
      this.#rejections.set(placeName(raw), { rejected: true, closed });
      this.#fact({ kind: 'rejected', outcome });
    } else {
      if (this.#wasAccepted(outcome)) return false;
      this.#fact({ kind: 'retried', outcome, original });
    }
    this.counts.rejections += 1;
    return true;
  }

  #post(prepared: PreparedPost, isNew: boolean): boolean {
    const { outcome, keys } = prepared;
    const { collection, data: post } = outcome;
    const name = postName(spaceName(collection, post), post.id);
    const inBatch = this.newPosts.get(name);
    if (!inBatch && !this.known.posts.has(name)) {
      this.newPosts.set(name, { line: prepared.line, duplicates: 0 });
      this.counts.posts += 1;
      this.#fact({ kind: 'post', outcome, post, keys });
      return true;
    }
    if (!isNew) return false;
    if (inBatch) inBatch.duplicates += 1;
    else this.#duplicateOfKnown(name, outcome);
    this.counts.duplicates += 1;
    this.#fact({ kind: 'duplicate', outcome, post });
    return true;
  }

  #duplicateOfKnown(name: string, { collection, data }: PreparedPost['outcome']): void {
    const more = this.duplicates.get(name);
    if (more) more.count += 1;
    else {
      const { platform, instance, id } = data;
      this.duplicates.set(name, { collection, platform, instance, id, count: 1 });
    }
  }

  /** False for a replay of what counts already: accepted at once in this generation, or by an earlier replay. */
  #isOpen(outcome: Understood): boolean {
    const { replayOf } = outcome;
    if (!replayOf) return true;
    return !this.#wasAccepted(outcome) && !this.#rejections.get(placeName(replayOf))?.closed;
  }

  /**
   * Whether this generation accepted the record that `outcome` replays. Only its own partition's past is known for
   * sure; a record that lies in another one was refused for its identity, which no mapper changes.
   */
  #wasAccepted({ replayOf, raw }: Outcome): boolean {
    if (replayOf?.partition !== raw.partition) return false;
    return !this.#rejections.get(placeName(replayOf))?.rejected;
  }

  #close(outcome: Understood): void {
    const { replayOf: original } = outcome;
    if (!original) return;
    const rejected = this.#rejections.get(placeName(original))?.rejected ?? false;
    this.#rejections.set(placeName(original), { rejected, closed: true });
    this.#fact({ kind: 'closed', outcome, original });
  }

  #fact(fact: Fact): void {
    for (const tally of this.#folding) tally.fold(fact);
  }
}
