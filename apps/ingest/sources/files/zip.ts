import type { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';

import { type Entry, openPromise, type ZipFile } from 'yauzl';

import { type Source, type SourceBatch, SourceRefused } from '../source.js';
import { ASSIGNMENT_BYTES, assignmentIn } from './assignment.js';
import { decoded, peek } from './bytes.js';
import { asDamage, Damaged } from './damage.js';
import { FileSource, type Opened } from './file.source.js';
import type { HandedOver } from './handed-over.js';

const STORED = 0;
const DEFLATED = 8;
const CHUNK = 1024 * 1024;
/** Members that cannot hold posts: what a personal archive shows itself with, pictures, and the litter of systems. */
const otherKinds =
  /\.(?:jpe?g|png|gif|webp|heic|svg|ico|mp[34]|mov|m4[av]|webm|wav|ogg|ts|css|html?|woff2?|ttf|eot|otf|map|pdf|md|txt|xml)$/iu;
const litter = /(?:^|\/)(?:__MACOSX\/|\.[^/]*$|Thumbs\.db$|desktop\.ini$)/u;

/** The sources of a zip archive: its members that may hold posts, in byte order of their paths. */
export async function zipSources(file: HandedOver): Promise<Source[]> {
  let listed: Listing;
  try {
    listed = await list(file);
  } catch (err) {
    return [new RefusedSource(file, `cannot be unpacked: ${asDamage(err).message}.`)];
  }
  const { members, skipped } = listed;
  if (members.length === 0) {
    return [
      new RefusedSource(
        file,
        `holds no file with posts${skipped.length > 0 ? `, only ${skipped.join(', ')}` : ''}.`,
      ),
    ];
  }
  const packed = members.reduce((sum, { compressedSize }) => sum + compressedSize, 0) || 1;
  let before = 0;
  return members.map((entry, i) => {
    // Together the members have the size of the archive, so that reading all of them is reading all of it.
    const start = Math.floor((file.bytes * before) / packed);
    before += entry.compressedSize;
    const share = Math.floor((file.bytes * before) / packed) - start;
    const open = () => openMember(file, entry, share);
    return new FileSource(`${file.name}/${entry.fileName}`, share, open, i === 0 ? skipped : []);
  });
}

interface Listing {
  readonly members: Entry[];
  /** What is no source, in words for a person. */
  readonly skipped: string[];
}

async function list(file: HandedOver): Promise<Listing> {
  const zip = await openPromise(file.path, { lazyEntries: true, autoClose: false });
  try {
    const members: Entry[] = [];
    const parts: string[] = [];
    const kinds = new Map<string, number>();
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (name.endsWith('/') || litter.test(name)) continue;
      const [kind] = otherKinds.exec(name) ?? [];
      if (kind !== undefined) kinds.set(kind.toLowerCase(), (kinds.get(kind.toLowerCase()) ?? 0) + 1);
      else if (await isOtherScript(zip, entry)) parts.push(name);
      else members.push(entry);
    }
    members.sort((a, b) => Buffer.compare(Buffer.from(a.fileName), Buffer.from(b.fileName)));
    const counted = [...kinds].map(([kind, count]) => `${count} × ${kind}`);
    return { members, skipped: [...parts.toSorted(), ...counted.toSorted()] };
  } finally {
    zip.close();
  }
}

/** A personal archive is scripts: those that assign no posts are its other parts, and the program that shows it. */
async function isOtherScript(zip: ZipFile, entry: Entry): Promise<boolean> {
  if (!entry.fileName.endsWith('.js') || refusalOf(entry) !== null) return false;
  const { head, whole } = await peek(decoded(unpacked(zip, entry, { packed: 0 })), ASSIGNMENT_BYTES);
  for await (const _ of whole) break;
  const text = head.toString('latin1', 0, ASSIGNMENT_BYTES).trimStart();
  const found = assignmentIn(text);
  return found ? !found.posts : !/^[{[]/u.test(text);
}

function refusalOf(entry: Entry): string | null {
  if (entry.isEncrypted()) return 'is encrypted; unpack it with its password and hand over what is inside.';
  const { compressionMethod: method } = entry;
  return method === STORED || method === DEFLATED
    ? null
    : `is packed in a way (${method}) that is not understood.`;
}

async function openMember(file: HandedOver, entry: Entry, share: number): Promise<Opened> {
  const refusal = refusalOf(entry);
  if (refusal !== null) throw new SourceRefused(`${file.name}/${entry.fileName} ${refusal}`);
  const zip = await openPromise(file.path, { lazyEntries: true, autoClose: false });
  const progress = { packed: 0 };
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* unpacked(zip, entry, progress);
    } finally {
      zip.close();
    }
  }
  const consumed = () => Math.floor((share * progress.packed) / (entry.compressedSize || 1));
  return { chunks: chunks(), consumed };
}

/** The content of a member, held against its length and check sum. */
async function* unpacked(zip: ZipFile, entry: Entry, progress: { packed: number }): AsyncGenerator<Buffer> {
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false }).catch((err: unknown) => {
    throw asDamage(err);
  });
  packed.on('data', ({ length }: Buffer) => (progress.packed += length)).pause();
  const plain = entry.compressionMethod === DEFLATED ? inflated(packed) : packed;
  let sum = 0;
  let length = 0;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      length += chunk.length;
      yield chunk;
    }
  } catch (err) {
    throw asDamage(err);
  } finally {
    plain.destroy();
    packed.destroy();
  }
  if (length !== entry.uncompressedSize)
    throw new Damaged(`${length} of ${entry.uncompressedSize} bytes came out`);
  if (sum !== entry.crc32) throw new Damaged('its check sum is wrong');
}

function inflated(packed: Readable): Readable {
  const inflate = createInflateRaw({ chunkSize: CHUNK });
  packed.on('error', (err) => inflate.destroy(err));
  return packed.pipe(inflate);
}

/** An archive that gives no source of its own still has its place and its sentence among the others. */
class RefusedSource implements Source {
  readonly name: string;
  readonly bytes: number;

  constructor(
    file: HandedOver,
    private readonly reason: string,
  ) {
    this.name = file.name;
    this.bytes = file.bytes;
  }

  records(): AsyncIterable<SourceBatch> {
    throw new SourceRefused(`${this.name} ${this.reason}`);
  }
}
