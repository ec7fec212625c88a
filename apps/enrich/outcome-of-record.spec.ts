import { describe, expect, it } from '@jest/globals';

import { logStartedRecord, rawHeaders } from '#libs/events';
import { type LogRecord } from '#libs/kafka';

import { outcomeOfRecord } from './outcome-of-record.js';
import { metaOf } from './raw-meta.fixture.js';

const bytes = Buffer.from('{"id_str":"1","text":"a"}');
const record = (change: Partial<LogRecord>): LogRecord => ({
  offset: 4,
  timestamp: Date.UTC(2026, 0, 1),
  key: Buffer.from('k'),
  value: bytes,
  headers: rawHeaders(metaOf(bytes)),
  ...change,
});

describe('the outcome of a record of the log', () => {
  it('is that of its bytes and headers', () => {
    expect(outcomeOfRecord(record({}), 3)).toMatchObject({
      meta: { collection: 'c', identity: { id: '1' } },
      outcome: { type: 'PostEnriched', raw: { partition: 3, offset: 4 } },
    });
  });

  it('is none for a record that was erased', () => {
    expect(outcomeOfRecord(record({ value: null, headers: {} }), 0)).toBeNull();
  });

  it('passes the name of the log on', () => {
    const { key, value } = logStartedRecord('log', 12);
    const made = outcomeOfRecord(record({ key: Buffer.from(key), value, headers: {}, offset: 0 }), 2);
    expect(made?.outcome).toMatchObject({
      id: '2:0',
      type: 'MarkerPassed',
      data: { kind: 'LogStarted', log: 'log', partitions: 12 },
    });
  });

  it('is a rejection of what ingest has not written', () => {
    const made = outcomeOfRecord(record({ headers: { collection: 'c' } }), 0);
    expect(made?.outcome).toMatchObject({
      type: 'RecordRejected',
      collection: '',
      receivedAt: '2026-01-01T00:00:00.000Z',
      data: { reason: 'unknown_format', detail: expect.stringContaining('"job"') },
    });
  });
});
