"""The engine for indexes that several machines share: speeches kept and searched by Milvus."""
