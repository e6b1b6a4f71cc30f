"""The use cases, one verb a file; the only place that knows two capabilities."""
