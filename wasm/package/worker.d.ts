// engine.js, the script of the worker. Its address is what LoadOptions.workerUrl takes; it exports nothing of use.
export {};
