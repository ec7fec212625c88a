import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/truth'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
