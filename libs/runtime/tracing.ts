import { trace, type Tracer } from '@opentelemetry/api';

/**
 * Own spans only (one per batch); auto-instrumentation would quadruple the start-up time. The SDK is loaded only
 * when there is an endpoint to export to, so that an untraced process pays nothing.
 * @returns a function that flushes and ends tracing.
 */
export async function startTracing(app: string, endpoint: string | undefined): Promise<() => Promise<void>> {
  if (!endpoint) return async () => {};
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `murmuration-${app}` }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return () => provider.shutdown();
}

/** The tracer of this process; spans are no-ops until `startTracing` has registered a provider. */
export const tracer = (): Tracer => trace.getTracer('murmuration');
