import { DamagedLog } from '../log/damage.js';
import { type LogHouse, PartitionLog } from '../log/partition-log.js';
import { type Catalogue, type TopicEntry, loadCatalogue, saveCatalogue } from './catalogue.js';
import { type ConfigOverrides, type TopicLimits, limitsOf } from './topic-config.js';

export interface Topic extends TopicEntry {
  readonly limits: TopicLimits;
  readonly logs: readonly PartitionLog[];
}

/** Taken from disk at once, so that not every start of a producer costs a write. */
const PRODUCER_IDS = 1_000;

/** Partitions opened at the same time at start: enough to keep the disk busy, few enough for its queue. */
const OPENED_AT_ONCE = 8;

/** The topics with their logs. Changes go one after the other and are durable when they resolve. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  #turn: Promise<unknown> = Promise.resolve();
  #producerId: number;

  private constructor(
    private readonly house: LogHouse,
    private readonly folder: string,
    private catalogue: Catalogue,
  ) {
    this.#producerId = catalogue.nextProducerId;
  }

  /**
   * @param clusterId the identity of a folder that is new.
   * @throws DamagedLog where acknowledged records cannot be read.
   */
  static async open(house: LogHouse, folder: string, clusterId: string): Promise<Topics> {
    const known = await loadCatalogue(house.files, folder);
    if (!known && (await house.files.list(`${folder}/topics`)).length > 0) {
      throw new DamagedLog(
        `${folder}/catalogue is missing, though there are topics. Restore the folder from a copy.`,
      );
    }
    const topics = new Topics(
      house,
      folder,
      known ?? { clusterId, nextFolder: 0, nextProducerId: 1, topics: [] },
    );
    if (!known) {
      await house.files.makeFolder(`${folder}/topics`);
      await house.files.syncFolder(folder);
      await topics.#save({});
    }
    await topics.#removeLeftovers();
    await topics.#openAll();
    return topics;
  }

  get clusterId(): string {
    return this.catalogue.clusterId;
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  all(): Topic[] {
    return [...this.#topics.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  log(name: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(name)?.logs[partition];
  }

  /** False where there is such a topic already. */
  create(name: string, partitions: number, configs: ConfigOverrides): Promise<boolean> {
    return this.#exclusively(async () => {
      if (this.#topics.has(name)) return false;
      const folder = `${name}-${this.catalogue.nextFolder}`;
      await this.#makePartitions(folder, 0, partitions);
      await this.house.files.syncFolder(`${this.folder}/topics`);
      const entry = { name, folder, partitions, configs };
      await this.#save({
        nextFolder: this.catalogue.nextFolder + 1,
        topics: [...this.catalogue.topics, entry],
      });
      await this.#open(entry, []);
      return true;
    });
  }

  /** False where there is no such topic, or it has as many already. */
  addPartitions(name: string, count: number): Promise<boolean> {
    return this.#exclusively(async () => {
      const topic = this.#topics.get(name);
      if (!topic || count <= topic.partitions) return false;
      await this.#makePartitions(topic.folder, topic.partitions, count);
      await this.#replace(topic, { partitions: count });
      return true;
    });
  }

  setConfigs(name: string, change: (configs: ConfigOverrides) => ConfigOverrides): Promise<boolean> {
    return this.#exclusively(async () => {
      const topic = this.#topics.get(name);
      if (!topic) return false;
      await this.#replace(topic, { configs: change(topic.configs) });
      return true;
    });
  }

  delete(name: string): Promise<boolean> {
    return this.#exclusively(async () => {
      const topic = this.#topics.get(name);
      if (!topic) return false;
      await this.#save({ topics: this.catalogue.topics.filter((entry) => entry.name !== name) });
      this.#topics.delete(name);
      for (const log of topic.logs) await log.destroy();
      await this.house.files.remove(`${this.folder}/topics/${topic.folder}`);
      return true;
    });
  }

  /** An id that no producer ever had. */
  newProducerId(): Promise<number> {
    return this.#exclusively(async () => {
      if (this.#producerId === this.catalogue.nextProducerId) {
        await this.#save({ nextProducerId: this.#producerId + PRODUCER_IDS });
      }
      return this.#producerId++;
    });
  }

  async applyRetention(now: number): Promise<void> {
    for (const { limits, logs } of this.all()) {
      const retention = { ms: limits.retentionMs, bytes: limits.retentionBytes };
      if (retention.ms < 0 && retention.bytes < 0) continue;
      for (const log of logs) await log.applyRetention(now, retention);
    }
  }

  async close(): Promise<void> {
    await this.#exclusively(async () => {
      await Promise.all([...this.#topics.values()].flatMap(({ logs }) => logs.map((log) => log.close())));
    });
  }

  async #makePartitions(folder: string, from: number, to: number): Promise<void> {
    const { files } = this.house;
    const path = `${this.folder}/topics/${folder}`;
    await files.makeFolder(path);
    for (let partition = from; partition < to; partition += 1) {
      await files.remove(`${path}/${partition}`); // Left by a change for which the disk had no room.
      await PartitionLog.create(this.house, `${path}/${partition}`);
    }
    await files.syncFolder(path);
  }

  async #replace(topic: Topic, change: Partial<TopicEntry>): Promise<void> {
    const { name, folder, partitions, configs } = { ...topic, ...change };
    const entry = { name, folder, partitions, configs };
    await this.#save({ topics: this.catalogue.topics.map((old) => (old.name === name ? entry : old)) });
    await this.#open(entry, topic.logs);
  }

  async #open(entry: TopicEntry, logs: readonly PartitionLog[]): Promise<void> {
    const all = [...logs];
    for (let partition = logs.length; partition < entry.partitions; partition += 1) {
      all.push(await PartitionLog.open(this.house, `${this.folder}/topics/${entry.folder}/${partition}`));
    }
    this.#topics.set(entry.name, { ...entry, limits: limitsOf(entry.configs), logs: all });
  }

  async #openAll(): Promise<void> {
    const entries = [...this.catalogue.topics];
    const next = async (): Promise<void> => {
      for (let entry = entries.shift(); entry; entry = entries.shift()) await this.#open(entry, []);
    };
    await Promise.all(Array.from({ length: OPENED_AT_ONCE }, next));
  }

  /** Folders of topics whose making was not finished, or whose deletion was not. */
  async #removeLeftovers(): Promise<void> {
    const known = new Set(this.catalogue.topics.map(({ folder }) => folder));
    for (const folder of await this.house.files.list(`${this.folder}/topics`)) {
      if (!known.has(folder)) await this.house.files.remove(`${this.folder}/topics/${folder}`);
    }
  }

  async #save(change: Partial<Catalogue>): Promise<void> {
    const changed = { ...this.catalogue, ...change };
    await saveCatalogue(this.house.files, this.folder, changed);
    this.catalogue = changed;
  }

  #exclusively<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(action);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
