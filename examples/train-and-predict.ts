/**
 * The SDK from import to prediction, against a cluster that runs: `shoal up`, then
 * `node examples/train-and-predict.ts [nats://127.0.0.1:4222]`.
 */
import { connect } from '../index.ts';

const flowers = Array.from({ length: 300 }, (_, i) => {
  const tall = i % 3 === 0;
  return `${(tall ? 60 : 30) + (i % 7)},${i % 2 ? 'red' : 'white'},${tall ? 'lily' : 'daisy'}`;
});
const csv = new TextEncoder().encode(['height,colour,kind', ...flowers].join('\n'));

await using client = await connect({ nats: process.argv[2] ?? 'nats://127.0.0.1:4222' });

const dataset = await client.importCsv('flowers', () => [csv], { file: 'flowers.csv' });
console.log(`imported ${dataset.name}@${dataset.version}: ${dataset.rows} rows`);

const job = await client.submit({
  dataset: 'flowers',
  target: 'kind',
  algorithm: 'random-forest',
  params: { trees: 20 },
});
for await (const event of job.events({ signal: AbortSignal.timeout(120_000) })) {
  if (event.kind === 'phase') console.log(`${event.job}: ${event.from} -> ${event.to}`);
}
const result = await job.result();
console.log(`${result.model} has digest ${result.digest}`);

const model = await client.model(result.model ?? '');
const [lily, daisy] = model.predict([
  { height: 62, colour: 'red' },
  { height: 31, colour: null },
]);
console.log(`62 cm: ${lily?.prediction}, 31 cm: ${daisy?.prediction}`);
