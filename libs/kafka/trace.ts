import { context, isSpanContextValid, type Link, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';

import { type LogRecord } from './record.js';

const MAX_LINKS = 16;

/** The headers with the active span's trace context (W3C) added; the same object when no span is active. */
export function injectTrace<H extends Readonly<Record<string, string | Buffer>>>(
  headers: H,
): H | (H & Record<string, string>) {
  const span = trace.getActiveSpan();
  if (!span || !isSpanContextValid(span.spanContext())) return headers;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return { ...headers, ...carrier };
}

/**
 * Links to the different spans that the records came from, at most `max`: one span covers a batch, whose records have
 * many parents. Empty, without looking at the records, when tracing is off.
 */
export function linksFrom(messages: readonly LogRecord[], max = MAX_LINKS): Link[] {
  const fields = propagation.fields();
  if (fields.length === 0) return [];
  const seen = new Set<string>();
  const links: Link[] = [];
  for (const { headers } of messages) {
    const parent = headers.traceparent;
    if (parent === undefined || seen.has(parent)) continue;
    seen.add(parent);
    const spanContext = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers));
    if (spanContext) links.push({ context: spanContext });
    if (links.length === max) break;
  }
  return links;
}
