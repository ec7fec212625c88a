import { isOutOfSpace } from '../log/files.js';
import {
  ConfigOperation,
  ConfigSource,
  type ConfigEntry,
  type Resource,
  type ResourceResult,
  ResourceType,
  alterConfigs,
  describeConfigs,
  incrementalAlterConfigs,
} from '../protocol/configs.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type Route, route } from '../server/route.js';
import { type ConfigOverrides, effectiveSettings, faultOfConfigs } from '../topics/topic-config.js';
import { type Context } from './context.js';

interface NamedValue {
  readonly name: string;
  readonly value: string | null;
}

export function configRoutes(context: Context): Route[] {
  return [
    route(describeConfigs, ({ resources, synonyms }) => ({
      synonyms,
      resources: resources.map(({ type, name, names }) => describe(context, { type, name }, names)),
    })),
    route(alterConfigs, ({ resources, validateOnly }) =>
      // What is not named goes back to its default: so does Kafka, and callers write configs whole.
      inOrder(resources, ({ type, name, configs }) =>
        change(context, { type, name }, { validateOnly, to: () => merge({}, configs) }),
      ),
    ),
    route(incrementalAlterConfigs, ({ resources, validateOnly }) =>
      inOrder(resources, ({ type, name, configs }) => {
        if (configs.some(({ operation }) => operation > ConfigOperation.remove)) {
          const message = 'No setting of this broker is a list: SET and DELETE are all that can be done.';
          return Promise.resolve({ type, name, error: ErrorCode.invalidConfig, message });
        }
        const values = configs.map(({ name: key, operation, value }) => ({
          name: key,
          value: operation === ConfigOperation.remove ? null : value,
        }));
        return change(context, { type, name }, { validateOnly, to: (own) => merge(own, values) });
      }),
    ),
  ];
}

async function inOrder<T>(items: readonly T[], action: (item: T) => Promise<ResourceResult>) {
  const results: ResourceResult[] = [];
  for (const item of items) results.push(await action(item));
  return results;
}

function describe(context: Context, resource: Resource, names: readonly string[] | null) {
  const found = entriesOf(context, resource);
  if (!found) return { ...resource, ...notThere(resource), entries: [] };
  const entries = found.filter(({ name }) => names === null || names.length === 0 || names.includes(name));
  return { ...resource, error: ErrorCode.none, message: null, entries };
}

function entriesOf({ topics, node, autoCreate, defaultPartitions }: Context, { type, name }: Resource) {
  if (type === ResourceType.broker && name === String(node.id)) {
    return [
      setting('auto.create.topics.enable', String(autoCreate)),
      setting('num.partitions', String(defaultPartitions)),
      setting('default.replication.factor', '1'),
    ];
  }
  const topic = type === ResourceType.topic ? topics.get(name) : undefined;
  return (
    topic &&
    effectiveSettings(topic.configs).map((effective): ConfigEntry => ({
      name: effective.name,
      value: effective.value,
      readOnly: false,
      source: effective.own ? ConfigSource.topic : ConfigSource.standard,
    }))
  );
}

function setting(name: string, value: string): ConfigEntry {
  return { name, value, readOnly: true, source: ConfigSource.broker };
}

function notThere({ type, name }: Resource) {
  return type === ResourceType.topic
    ? { error: ErrorCode.unknownTopicOrPartition, message: `There is no topic '${name}'.` }
    : {
        error: ErrorCode.invalidRequest,
        message: 'Settings of topics and of this node are all that there are.',
      };
}

function merge(own: ConfigOverrides, changes: readonly NamedValue[]): ConfigOverrides {
  const merged = new Map(Object.entries(own));
  for (const { name, value } of changes) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

async function change(
  { topics }: Context,
  resource: Resource,
  { validateOnly, to }: { validateOnly: boolean; to: (own: ConfigOverrides) => ConfigOverrides },
): Promise<ResourceResult> {
  const topic = resource.type === ResourceType.topic ? topics.get(resource.name) : undefined;
  if (!topic) {
    const unchangeable = {
      error: ErrorCode.invalidRequest,
      message: 'Only settings of topics can be changed.',
    };
    return { ...resource, ...(resource.type === ResourceType.topic ? notThere(resource) : unchangeable) };
  }
  const fault = faultOfConfigs(to(topic.configs));
  if (fault) return { ...resource, error: ErrorCode.invalidConfig, message: fault };
  const done = { ...resource, error: ErrorCode.none, message: null };
  if (validateOnly) return done;
  try {
    return (await topics.setConfigs(resource.name, to)) ? done : { ...resource, ...notThere(resource) };
  } catch (error) {
    if (!isOutOfSpace(error)) throw error;
    return { ...resource, error: ErrorCode.kafkaStorageError, message: 'The disk is full.' };
  }
}
