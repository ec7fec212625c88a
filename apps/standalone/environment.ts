/** Of the surroundings, programs need where they are and where they may write; nothing else is let through by accident. */
const surroundings = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'NODE_EXTRA_CA_CERTS', 'NODE_ENV'];
const prefixes = ['INGEST_', 'ENRICH_', 'AGGREGATE_', 'GATEWAY_', 'BROKER_', 'KAFKA_', 'OTEL_', 'LOG_'];

/** The settings that the apps get from the launcher's environment, before its own are put over them. */
export function appEnvironment(
  from: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(from).filter(
      ([key]) => surroundings.includes(key) || prefixes.some((prefix) => key.startsWith(prefix)),
    ),
  );
}
