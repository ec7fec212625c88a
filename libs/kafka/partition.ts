const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

const encoder = new TextEncoder();
let scratch = new Uint8Array(1024);

/** Murmur2 of bytes 0…length-1 as Kafka's Java client computes it (a signed 32-bit integer). */
function murmur2(bytes: Uint8Array, length: number): number {
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let word =
      (bytes[i] ?? 0) |
      ((bytes[i + 1] ?? 0) << 8) |
      ((bytes[i + 2] ?? 0) << 16) |
      ((bytes[i + 3] ?? 0) << 24);
    word = Math.imul(word, MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const rest = length - whole;
  if (rest > 0) {
    if (rest > 2) hash ^= (bytes[whole + 2] ?? 0) << 16;
    if (rest > 1) hash ^= (bytes[whole + 1] ?? 0) << 8;
    hash = Math.imul(hash ^ (bytes[whole] ?? 0), MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/**
 * The partition of a key among `partitions`: murmur2 of its UTF-8 bytes, as Kafka's Java client has it. Works in one
 * scratch buffer, so a call allocates nothing.
 */
export function partitionFor(key: string, partitions: number): number {
  if (key.length * 3 > scratch.length) scratch = new Uint8Array(key.length * 3);
  return (murmur2(scratch, encode(key)) & 0x7fffffff) % partitions;
}

/** Writes the key into the scratch buffer; ASCII by hand, because a call of the encoder costs more than 60 characters. */
function encode(key: string): number {
  for (let i = 0; i < key.length; i += 1) {
    const unit = key.charCodeAt(i);
    if (unit > 0x7f) return encoder.encodeInto(key, scratch).written;
    scratch[i] = unit;
  }
  return key.length;
}
