export { type DemoOptions, type DemoPost, demoPosts } from './demo.js';
export { type SampleOptions, samplePosts, type SampleRecord, sampleRecords } from './sample.js';
