export { passJournal, readJournal } from "../journal/journal-file.ts";
