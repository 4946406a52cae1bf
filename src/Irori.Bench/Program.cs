using Irori.Bench.References;

return await ReferenceProgram.RunAsync(args);
