import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export const ResourceType = { topic: 2, broker: 4 } as const;
export const ConfigSource = { topic: 1, broker: 4, standard: 5 } as const;
export const ConfigOperation = { set: 0, remove: 1, append: 2, subtract: 3 } as const;

export interface Resource {
  readonly type: number;
  readonly name: string;
}

export interface ConfigEntry {
  readonly name: string;
  readonly value: string;
  readonly readOnly: boolean;
  readonly source: number;
}

export interface DescribeConfigsRequest {
  readonly resources: readonly (Resource & { readonly names: readonly string[] | null })[];
  readonly synonyms: boolean;
}

export interface ResourceResult extends Resource {
  readonly error: ErrorCode;
  readonly message: string | null;
}

export interface DescribeConfigsResponse {
  readonly synonyms: boolean;
  readonly resources: readonly (ResourceResult & { readonly entries: readonly ConfigEntry[] })[];
}

/** The protocol's config type "string". */
const STRING_TYPE = 2;

export const describeConfigs: Api<DescribeConfigsRequest, DescribeConfigsResponse> = {
  key: 32,
  min: 1,
  max: 3,
  decode(from, version) {
    const resources = from.array(() => ({
      type: from.int8(),
      name: from.string(),
      names: from.nullableArray(() => from.string()),
    }));
    const synonyms = from.boolean();
    if (version >= 3) from.boolean();
    return { resources, synonyms };
  },
  encode(to, { resources, synonyms }, version) {
    to.int32(0).array(resources, (resource) => {
      to.int16(resource.error).string(resource.message).int8(resource.type).string(resource.name);
      to.array(resource.entries, (entry) => {
        to.string(entry.name).string(entry.value).boolean(entry.readOnly).int8(entry.source).boolean(false);
        to.array(synonyms ? [entry] : [], ({ name, value, source }) =>
          to.string(name).string(value).int8(source),
        );
        if (version >= 3) to.int8(STRING_TYPE).string(null);
      });
    });
  },
};

export interface AlterConfigsRequest {
  readonly resources: readonly (Resource & {
    readonly configs: readonly { readonly name: string; readonly value: string | null }[];
  })[];
  readonly validateOnly: boolean;
}

export const alterConfigs: Api<AlterConfigsRequest, readonly ResourceResult[]> = {
  key: 33,
  min: 0,
  max: 1,
  decode(from) {
    const resources = from.array(() => ({
      type: from.int8(),
      name: from.string(),
      configs: from.array(() => ({ name: from.string(), value: from.nullableString() })),
    }));
    return { resources, validateOnly: from.boolean() };
  },
  encode(to, results) {
    to.int32(0).array(results, ({ error, message, type, name }) => {
      to.int16(error).string(message).int8(type).string(name);
    });
  },
};

export interface IncrementalAlterConfigsRequest {
  readonly resources: readonly (Resource & {
    readonly configs: readonly {
      readonly name: string;
      readonly operation: number;
      readonly value: string | null;
    }[];
  })[];
  readonly validateOnly: boolean;
}

export const incrementalAlterConfigs: Api<IncrementalAlterConfigsRequest, readonly ResourceResult[]> = {
  key: 44,
  min: 0,
  max: 0,
  decode(from) {
    const resources = from.array(() => ({
      type: from.int8(),
      name: from.string(),
      configs: from.array(() => ({
        name: from.string(),
        operation: from.int8(),
        value: from.nullableString(),
      })),
    }));
    return { resources, validateOnly: from.boolean() };
  },
  encode: (to, results, version) => alterConfigs.encode(to, results, version),
};
