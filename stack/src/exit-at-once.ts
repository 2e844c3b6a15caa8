/** Ends the process with exit code 0 when it is evaluated. */
process.exit(0);
