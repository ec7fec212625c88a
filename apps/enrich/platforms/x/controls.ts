import { exactId, type Json, object, text } from '../json.js';
import { readEpoch, readTime } from './time.js';

/** What a message tells that is no post. */
export interface Control {
  /** The platform's own word for it. */
  readonly kind: string;
  /** The post or account it names, null where it names none. */
  readonly subject: string | null;
  /** ISO 8601 UTC, null where the message has no time. */
  readonly occurredAt: string | null;
}

/** Messages of streams that have further keys, in any order, and answers that have some of both. */
const TELLING = ['event', 'delete', 'errors', 'connection_issue', 'meta'];
/** Around messages and answers; their kind is what comes with them. */
const WRAPPINGS: ReadonlySet<string> = new Set(['simulated', '__twarc', 'title', 'detail', 'type', 'status']);

/**
 * A message of X that is no post. Streams of v1.1 name it by its key ({"delete": {…}}, {"limit": {…}}), compliance
 * streams of v2 by the key within `data`; an answer without posts by what it has.
 * @returns null for an object that says nothing.
 */
export function readControl(message: Json): Control | null {
  const within = object(message.data);
  const holder = within ?? message;
  const keys = Object.keys(holder);
  const kind = TELLING.find((key) => key in holder) ?? keys.find((key) => !WRAPPINGS.has(key));
  if (kind === undefined) return null;
  const body = object(holder[kind]) ?? {};
  return {
    kind,
    subject: kind === 'event' ? postOf(message.target_object) : subjectOf(kind, body),
    occurredAt: readEpoch(body.timestamp_ms) ?? readTime(body.event_at) ?? readTime(message.created_at),
  };
}

function subjectOf(kind: string, body: Json): string | null {
  const post = object(body.status) ?? object(body.tweet) ?? object(body.post);
  if (post) return exactId(post.id_str, post.id);
  if (kind === 'status_withheld' || kind === 'user_withheld') return exactId(body.id_str, body.id);
  const user = object(body.user);
  return user ? exactId(user.id_str, user.id) : exactId(body.user_id_str, body.user_id);
}

function postOf(target: unknown): string | null {
  const post = object(target);
  return post && text(post.text) !== null ? exactId(post.id_str, post.id) : null;
}
