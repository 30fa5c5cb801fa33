/** What `report` can draw; it imports nothing, so that help and bad input need nothing else. */
export const FORMATS = ["html", "md", "junit", "json", "openmetrics", "csv", "k6", "k6-data"] as const;
export type Format = (typeof FORMATS)[number];
