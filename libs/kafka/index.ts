export { type AssignedPartitions } from './assignment.js';
export {
  type Batch,
  BatchConsumer,
  type BatchConsumerOptions,
  type ConsumerTopic,
} from './batch-consumer.js';
export * from './errors.js';
export { createKafka, Kafka, type KafkaLogger, type KafkaOptions } from './kafka.js';
export { type PartitionOffsets } from './log-client.js';
export { LogReader, type LogReaderOptions, type Positions, type TailOptions } from './log-reader.js';
export { partitionFor } from './partition.js';
export { type PositionStore, type StoredPositions } from './positions.js';
export { Producer, type ProducerOptions } from './producer.js';
export { type AppendedOffset, type LogBatch, type LogRecord, type ProduceRecord } from './record.js';
export { type Compression } from './record-encoder.js';
export { injectTrace, linksFrom } from './trace.js';
export {
  createTopicLike,
  deleteTopic,
  ensureTopics,
  type TopicDeclaration,
  type TopicOptions,
  writeTopicConfigs,
} from './topics.js';
export {
  BatchContext,
  KafkaBatchStrategy,
  type SubscribedTopic,
  type Subscription,
  type SubscriptionOptions,
} from './kafka-batch.strategy.js';
export { RethrowFilter } from './rethrow.filter.js';
