"""Networks as ONNX files, and their weights back."""

import numpy as np
import torch

# Output axes have names of their own: WebGPU reuses buffers between axes of the same name.
AXES = {"frame": {2: "height", 3: "width"}, "painting": {2: "painted_height", 3: "painted_width"}}


def export(network, path):
    """Writes the ONNX file, [1, 3, height, width] in RGB 0..1, and checks it against the network at two sizes."""
    import onnxruntime

    network = network.eval().to("cpu", memory_format=torch.contiguous_format)
    torch.onnx.export(network, (torch.rand(1, 3, 64, 96),), path, dynamo=False, opset_version=17,
                      input_names=["frame"], output_names=["painting"], dynamic_axes=AXES)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for size in ((64, 96), (240, 320)):
        frame = torch.rand(1, 3, *size)
        with torch.no_grad():
            wanted = network(frame).numpy()
        worst = np.abs(session.run(None, {"frame": frame.numpy()})[0] - wanted).max()
        if worst > 1e-4:
            raise SystemExit(f"error: ONNX Runtime differs from the network by {worst} at {size}")


def weights_of(path):
    """Weights by name, from a style's ONNX file or from a checkpoint (of which the mean of the weights)."""
    if str(path).endswith(".onnx"):
        import onnx
        from onnx import numpy_helper

        return {t.name: torch.tensor(numpy_helper.to_array(t)) for t in onnx.load(path).graph.initializer if "." in t.name}
    return torch.load(path, map_location="cpu", weights_only=False)["mean"]


def take_over(network, weights):
    """Loads the weights that fit; those of a network of another size are left out. Returns how many fit."""
    own = network.state_dict()
    fitting = {name: w for name, w in weights.items() if name in own and w.shape == own[name].shape}
    network.load_state_dict(own | fitting)
    return len(fitting)
