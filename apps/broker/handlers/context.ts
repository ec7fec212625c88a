import { type Clock } from '../clock.js';
import { type Coordinator } from '../groups/coordinator.js';
import { type Topics } from '../topics/topics.js';

export interface Node {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** What handlers work on. */
export interface Context {
  readonly node: Node;
  readonly topics: Topics;
  readonly groups: Coordinator;
  readonly clock: Clock;
  /** Whether asking for a topic makes it, as Kafka's `auto.create.topics.enable`. */
  readonly autoCreate: boolean;
  /** Partitions of a topic whose maker does not say. */
  readonly defaultPartitions: number;
}
