/** Runs before a test file that computes and measures nothing: lab tests beside it, and what they measure, go first. */
import { setPriority } from "node:os";

setPriority(5);
