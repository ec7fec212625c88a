export { type DataFolderPlace, defaultDataFolder } from './data-folder.js';
export { type Instance, instanceFile, isRunning, processBegan, readInstance } from './instance.js';
