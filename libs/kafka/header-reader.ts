import { type ByteReader } from './byte-reader.js';

interface Seen {
  name: Buffer;
  nameText: string;
  value: Buffer;
  valueText: string;
}

const nothing = Buffer.alloc(0);

/**
 * Turns the bytes of headers into strings. Records of one source carry the same names, and mostly the same values, in
 * the same order: comparing the bytes with those of the record before is much cheaper than decoding them again.
 */
export class HeaderReader {
  readonly #seen: Seen[] = [];

  read(reader: ByteReader): Record<string, string> {
    const headers: Record<string, string> = {};
    const count = reader.varint();
    for (let i = 0; i < count; i += 1) {
      const seen = (this.#seen[i] ??= { name: nothing, nameText: '', value: nothing, valueText: '' });
      const name = this.#name(seen, reader);
      const value = this.#value(seen, reader);
      if (value !== null) headers[name] = value;
    }
    return headers;
  }

  #name(seen: Seen, reader: ByteReader): string {
    const length = reader.varint();
    if (!reader.startsWith(seen.name, length)) {
      seen.name = reader.peek(length);
      seen.nameText = seen.name.toString('utf8');
    }
    reader.skip(length);
    return seen.nameText;
  }

  #value(seen: Seen, reader: ByteReader): string | null {
    const length = reader.varint();
    if (length < 0) return null;
    if (!reader.startsWith(seen.value, length)) {
      seen.value = reader.peek(length);
      seen.valueText = seen.value.toString('utf8');
    }
    reader.skip(length);
    return seen.valueText;
  }
}
