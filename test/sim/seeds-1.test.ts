/** The first quarter of the seeds: whole clusters under trouble come to the results of a calm run. */
import { playPart } from './seeds.ts';

await playPart(1);
