// engine.js, the script of the worker. Its URL is what LoadOptions.workerUrl takes; it exports nothing useful.
export {};
