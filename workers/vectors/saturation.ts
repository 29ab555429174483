/** Where the tenth mention of a word says little more than the third: weight / (weight + saturation). */
export const saturation = 2.4
