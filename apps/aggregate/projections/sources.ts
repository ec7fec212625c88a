import { Column, Entity } from 'typeorm';

import { type JobEventOf } from '#libs/events';

import { KeyText, optional, Text } from './columns.js';

/** Where a job reads from, as a person calls it. */
@Entity('sources')
export class SourceRow {
  @KeyText() id!: string;
  @Text() job!: string;
  @Text() collection!: string;
  @Text() name!: string;
  @Column({ type: 'bigint', ...optional }) bytes!: number | null;
}

export const sourceStorage = [
  'create index sources_by_job on sources (job)',
  'create index sources_by_collection on sources (collection)',
];

export const sourceRowOf = ({ data }: JobEventOf<'SourceOpened'>): SourceRow => ({
  id: data.source,
  job: data.job,
  collection: data.collection,
  name: data.name,
  bytes: data.bytes,
});
