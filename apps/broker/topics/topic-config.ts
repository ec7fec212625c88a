/** A topic's own settings, as strings by Kafka's names; what is not named has Kafka's default. */
export type ConfigOverrides = Readonly<Record<string, string>>;

export interface TopicLimits {
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxMessageBytes: number;
}

interface Setting {
  readonly standard: string;
  /** What is wrong with a value, or undefined. */
  readonly fault: (value: string) => string | undefined;
}

const whole =
  (least: number) =>
  (value: string): string | undefined =>
    /^-?\d{1,16}$/.test(value) && Number(value) >= least
      ? undefined
      : `must be a whole number from ${least} on`;

const only =
  (allowed: string) =>
  (value: string): string | undefined =>
    value === allowed ? undefined : `"${allowed}" is all that this broker implements`;

const SETTINGS: Readonly<Record<string, Setting>> = {
  'cleanup.policy': { standard: 'delete', fault: only('delete') },
  'compression.type': { standard: 'producer', fault: only('producer') },
  'max.message.bytes': { standard: '1048588', fault: whole(0) },
  'message.timestamp.type': { standard: 'CreateTime', fault: only('CreateTime') },
  'min.insync.replicas': { standard: '1', fault: only('1') },
  'retention.bytes': { standard: '-1', fault: whole(-1) },
  'retention.ms': { standard: String(7 * 24 * 60 * 60 * 1000), fault: whole(-1) },
};

export interface EffectiveSetting {
  readonly name: string;
  readonly value: string;
  readonly own: boolean;
}

/** What is wrong with a topic's settings, or undefined. */
export function faultOfConfigs(configs: ConfigOverrides): string | undefined {
  for (const [name, value] of Object.entries(configs)) {
    const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (!setting) return `Unknown topic config name: ${name}`;
    const fault = setting.fault(value);
    if (fault) return `Invalid value ${value} for configuration ${name}: ${fault}`;
  }
  return undefined;
}

export function effectiveSettings(configs: ConfigOverrides): EffectiveSetting[] {
  return Object.entries(SETTINGS).map(([name, { standard }]) => ({
    name,
    value: configs[name] ?? standard,
    own: name in configs,
  }));
}

export function limitsOf(configs: ConfigOverrides): TopicLimits {
  const value = (name: string) => Number(configs[name] ?? SETTINGS[name]?.standard);
  return {
    retentionMs: value('retention.ms'),
    retentionBytes: value('retention.bytes'),
    maxMessageBytes: value('max.message.bytes'),
  };
}
