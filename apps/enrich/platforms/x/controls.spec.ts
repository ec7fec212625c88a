import { describe, expect, it } from '@jest/globals';

import { readControl } from './controls.js';

const read = (message: object) => readControl(message as Readonly<Record<string, unknown>>);

describe('messages of X that are no posts', () => {
  it.each([
    [{ delete: { status: { id_str: '9', user_id_str: '3' } } }, 'delete', '9'],
    [{ limit: { track: 12 } }, 'limit', null],
    [{ scrub_geo: { user_id_str: '3', up_to_status_id_str: '9' } }, 'scrub_geo', '3'],
    [{ status_withheld: { id: 9, user_id: 3 } }, 'status_withheld', '9'],
    [{ user_withheld: { id: 3 } }, 'user_withheld', '3'],
    [{ friends: [1, 2] }, 'friends', null],
    [{ warning: { code: 'FALLING_BEHIND' } }, 'warning', null],
    [{ simulated: {}, disconnect: { code: 4 } }, 'disconnect', null],
    [{ event: 'favorite', target_object: { id_str: '9', text: 'a' }, source: { id: 1 } }, 'event', '9'],
    [{ target: { id_str: '3' }, source: {}, event: 'unfollow' }, 'event', null],
    [{ event: 'follow', target: { id_str: '3' }, created_at: 'x' }, 'event', null],
    [{ data: { delete: { tweet: { id: '9', author_id: '3' } } } }, 'delete', '9'],
    [{ meta: { result_count: 0 } }, 'meta', null],
    [{ meta: { sent: 'now' }, errors: [{ title: 'operational-disconnect' }] }, 'errors', null],
    [{ title: 'ConnectionException', connection_issue: 'TooManyConnections' }, 'connection_issue', null],
  ])('%j', (message, kind, subject) => {
    expect(read(message)).toMatchObject({ kind, subject });
  });

  it('tell when they happened where they do', () => {
    expect(read({ delete: { timestamp_ms: '0' } })?.occurredAt).toBe('1970-01-01T00:00:00.000Z');
    const event = { event: 'follow', created_at: 'Wed Apr 06 19:13:37 +0000 2011' };
    expect(read(event)?.occurredAt).toBe('2011-04-06T19:13:37.000Z');
  });

  it('need a kind', () => {
    expect(read({ simulated: {} })).toBeNull();
  });
});
