import { overLines, Yardstick } from './yardstick.js';

/** `node yardstick-main.js FILE`: one line of JSON, times in ms. In a process of its own, so that nothing is warm. */
const [, , file = ''] = process.argv;

const yardstick = new Yardstick();
const counted = await overLines(file, (line) => yardstick.take(line));
const parsed = await overLines(file, (line) => void JSON.parse(line));
const { records } = counted;
process.stdout.write(
  `${JSON.stringify({ records, posts: yardstick.seen.size, countMs: counted.ms, parseMs: parsed.ms })}\n`,
);
