import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

import { type LogRecord } from './record.js';
import { injectTrace, linksFrom } from './trace.js';

const record = (headers: Record<string, string>): LogRecord => ({
  offset: 0,
  timestamp: 0,
  key: null,
  value: null,
  headers,
});

describe('Trace headers', () => {
  const provider = new NodeTracerProvider();
  const headers = { collection: 'c' };

  it('are not added, nor looked for, while tracing is off', () => {
    expect(injectTrace(headers)).toBe(headers);
    const unread = record({});
    Object.defineProperty(unread, 'headers', {
      get: () => {
        throw new Error('looked at');
      },
    });
    expect(linksFrom([unread])).toEqual([]);
  });

  describe('with tracing on', () => {
    beforeAll(() => provider.register());
    afterAll(async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    });

    it('lead from the records back to the spans that wrote them, each once', () => {
      const tracer = trace.getTracer('test');
      const written = ['first', 'second'].map((name) =>
        tracer.startActiveSpan(name, (span) => ({ span, headers: injectTrace(headers) })),
      );
      const messages = [...written, ...written].map((each) => record(each.headers));
      const ids = written.map(({ span }) => span.spanContext().spanId);
      expect(linksFrom(messages).map((link) => link.context.spanId)).toEqual(ids);
      expect(linksFrom(messages, 1)).toHaveLength(1);
    });

    it('are not added outside of a span', () => {
      expect(injectTrace(headers)).toBe(headers);
    });

    it('that are no trace context are passed over', () => {
      expect(linksFrom([record({ traceparent: 'nonsense' })])).toEqual([]);
    });
  });
});
