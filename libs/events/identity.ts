import { exactDecimal } from './exact-decimal.js';
import { Members, memberOf, opensAt, skipSpace } from './json-members.js';
import type { Identity, RecordFormat } from './record.js';

export { Members, memberOf, opensAt, skipSpace, stringAt } from './json-members.js';

/** What ingest and enrich agree on about the bytes of one record, found without reading all of them. */
export interface Recognised {
  readonly format: RecordFormat;
  readonly identity: Identity | null;
}

const UNKNOWN: Recognised = Object.freeze({ format: 'unknown', identity: null });

type Key = 'id' | 'id_str' | 'text' | 'full_text' | 'user' | 'data' | 'tweet' | 'simulated' | 'direct';
type Role = Key | 'control' | 'speaks' | 'envelope';

/** Messages of the v1.1 streams, by the byte their value opens with. */
const objects =
  'delete limit scrub_geo status_withheld user_withheld disconnect warning direct_message control too_many_follows ' +
  'user_update user_delete user_undelete user_suspend user_unsuspend user_protect user_unprotect';
const controls = new Map<string, string>([
  ...objects.split(' ').map((name) => [name, '{'] as const),
  ['event', '"'],
  ['friends', '['],
  ['friends_str', '['],
]);
/** Batch compliance messages of v2: what `data` holds instead of a post. */
const complianceKeys = ['delete', 'undelete', 'withheld', 'drop', 'undrop', 'tweet_edit', 'scrub_geo'];
/** An answer that consists of these alone says something about the collecting, and brings no post. */
const speakingKeys = ['meta', 'errors', 'connection_issue'];
const envelopeKeys = ['title', 'detail', 'type', 'status', '__twarc'];
/** Direct messages of v2 have an id and a text as posts do. */
const directKeys = ['event_type', 'dm_conversation_id'];

const roles = new Map<string, Role>([
  ...(['id', 'id_str', 'text', 'full_text', 'user', 'data', 'tweet', 'simulated'] as const).map(
    (key) => [key, key] as const,
  ),
  ...directKeys.map((key) => [key, 'direct'] as const),
  ...[...controls.keys()].map((key) => [key, 'control'] as const),
  ...speakingKeys.map((key) => [key, 'speaks'] as const),
  ...envelopeKeys.map((key) => [key, 'envelope'] as const),
]);

/** What the members read so far say of an object. A key that comes again replaces what it said before. */
class Evidence {
  #idAt = -1;
  idStr: string | null = null;
  idIsString = false;
  text = false;
  fullText = false;
  user = false;
  direct = false;
  /** An envelope that says something of the collecting, and holds nothing else. */
  speaks = false;
  other = false;

  constructor(private readonly bytes: Buffer) {}

  take(role: Role | undefined, at: number): void {
    const { bytes } = this;
    switch (role) {
      case 'id_str':
        this.idStr = exactDecimal(bytes, at);
        break;
      case 'id':
        this.#idAt = at;
        this.idIsString = opensAt(bytes, at, '"');
        break;
      case 'text':
        this.text = opensAt(bytes, at, '"');
        break;
      case 'full_text':
        this.fullText = opensAt(bytes, at, '"');
        break;
      case 'user':
        this.user = opensAt(bytes, at, '{');
        break;
      default:
        this.#takeKind(role);
    }
  }

  /** What tells kinds of messages apart by being there, whatever its value. */
  #takeKind(role: Role | undefined): void {
    if (role === 'direct') this.direct = true;
    else if (role === 'speaks') this.speaks = true;
    else if (role !== 'envelope' && role !== 'simulated') this.other = true;
  }

  /** Read only when asked for, as `id_str` mostly makes it needless. */
  get id(): string | null {
    return exactDecimal(this.bytes, this.#idAt);
  }

  get complete(): boolean {
    return this.idStr !== null && (this.text || this.fullText);
  }

  /** The id of the post this object is, null where it is none. */
  get post(): string | null {
    return this.text || this.fullText ? (this.idStr ?? this.id) : null;
  }

  /** v2 writes ids as strings only, and keeps authors apart. */
  get isV2(): boolean {
    return this.idStr === null && this.idIsString && this.text && !this.fullText && !this.user;
  }
}

/**
 * Format and identity of one record, from its bytes. Reads the members of the object in order and stops at the first
 * that settle it; where a key is repeated after that, the later one is not seen, and enrich refuses the record
 * because its post says otherwise. `hint` is what the container tells: posts of a personal archive look like v1.1.
 * An id is the exact decimal that the digits say, whatever JavaScript could hold; never throws.
 */
export function recognise(bytes: Buffer, hint?: RecordFormat): Recognised {
  const at = skipSpace(bytes, 0);
  if (!opensAt(bytes, at, '{')) return UNKNOWN;
  const members = new Members(bytes, at);
  const evidence = new Evidence(bytes);
  const plain = hint === 'x.archive' ? 'x.archive' : 'x.v1';
  let platform = 'x';
  for (let first = true; members.next(); first = false) {
    const role = members.lookUp(roles);
    if (first && role === 'simulated') platform = 'simulated-x';
    const settled = settle(role, members, platform);
    if (settled) return settled;
    evidence.take(role, members.valueAt);
    if (evidence.complete) return post(plain, platform, evidence.post);
  }
  return members.malformed ? UNKNOWN : conclude(evidence, plain, platform);
}

/** What an object is when all of it is read and no single member has settled it. */
function conclude(evidence: Evidence, plain: RecordFormat, platform: string): Recognised {
  if (evidence.direct) return UNKNOWN;
  if (evidence.speaks && !evidence.other) return { format: 'control', identity: null };
  return post(plain === 'x.v1' && evidence.isV2 ? 'x.v2' : plain, platform, evidence.post);
}

function post(format: RecordFormat, platform: string, id: string | null): Recognised {
  return id === null ? UNKNOWN : { format, identity: { platform, instance: '', id } };
}

/** What a single member says of the whole, null where it does not settle it. */
function settle(role: Role | undefined, members: Members, platform: string): Recognised | null {
  const { bytes, valueAt: at } = members;
  if (role === 'control') return control(members, platform);
  if (role !== 'data' && role !== 'tweet') return null;
  if (opensAt(bytes, at, '{'))
    return role === 'data' ? data(bytes, at, platform) : tweet(bytes, at, platform);
  return role === 'data' && opensAt(bytes, at, '[') ? UNKNOWN : null;
}

function tweet(bytes: Buffer, at: number, platform: string): Recognised | null {
  const inner = read(bytes, at);
  if (!inner) return UNKNOWN;
  return inner.evidence.post === null
    ? null
    : post('x.archive', inner.platform ?? platform, inner.evidence.post);
}

function data(bytes: Buffer, at: number, platform: string): Recognised | null {
  const inner = read(bytes, at);
  if (!inner) return UNKNOWN;
  const { id, text, direct } = inner.evidence;
  if (text && !direct && id !== null) return post('x.v2', inner.platform ?? platform, id);
  return compliance(bytes, at, platform);
}

/** All that the object at `at` says, null where it is malformed. */
function read(bytes: Buffer, at: number): { evidence: Evidence; platform: string | null } | null {
  const members = new Members(bytes, at);
  const evidence = new Evidence(bytes);
  let platform: string | null = null;
  for (let first = true; members.next(); first = false) {
    const role = members.lookUp(roles);
    if (first && role === 'simulated') platform = 'simulated-x';
    evidence.take(role, members.valueAt);
  }
  return members.malformed ? null : { evidence, platform };
}

function control(members: Members, platform: string): Recognised | null {
  const { bytes, start, valueAt: at } = members;
  const name = members.key();
  if (!opensAt(bytes, at, controls.get(name) ?? '')) return null;
  if (name === 'delete') return named(bytes, memberOf(bytes, at, 'status'), platform);
  if (name === 'status_withheld') return named(bytes, at, platform);
  if (name !== 'event') return { format: 'control', identity: null };
  const target = memberOf(bytes, start, 'target_object');
  const isPost = opensAt(bytes, target, '{') && read(bytes, target)?.evidence.text === true;
  return named(bytes, isPost ? target : -1, platform);
}

function compliance(bytes: Buffer, at: number, platform: string): Recognised | null {
  for (const key of complianceKeys) {
    const event = memberOf(bytes, at, key);
    if (!opensAt(bytes, event, '{')) continue;
    return named(bytes, memberOf(bytes, event, 'tweet'), platform);
  }
  return null;
}

/** A message about the post whose ids the object at `at` holds, about none where there is no such object. */
function named(bytes: Buffer, at: number, platform: string): Recognised {
  if (!opensAt(bytes, at, '{')) return { format: 'control', identity: null };
  const idStr = memberOf(bytes, at, 'id_str');
  const id =
    (idStr < 0 ? null : exactDecimal(bytes, idStr)) ?? exactDecimal(bytes, memberOf(bytes, at, 'id'));
  return { format: 'control', identity: id === null ? null : { platform, instance: '', id } };
}
