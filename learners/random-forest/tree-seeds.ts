/**
 * Random streams of a tree, keyed from its seed: rows in the bag, features of the root.
 */

export const BAG = 1;
export const ROOT = 2;
