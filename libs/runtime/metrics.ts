import { type Meter } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

const exporter = new PrometheusExporter({ preventServerStart: true });
const provider = new MeterProvider({ readers: [exporter] });

/**
 * The meter of this process. Taken from our own provider, because a counter made from the global one before a
 * provider is set stays dead. Names: `murmuration_<app>_<noun>_<unit>_total`.
 */
export const meter: Meter = provider.getMeter('murmuration');

/** All metrics of the process in Prometheus' text format. */
export async function prometheusText(): Promise<string> {
  const { resourceMetrics } = await exporter.collect();
  return new PrometheusSerializer().serialize(resourceMetrics);
}
