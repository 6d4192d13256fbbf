import importlib
import sys

del sys.modules["numpy"]
raise ImportError("gone")
