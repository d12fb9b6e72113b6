"""Parts of pictures: style, axes, labels and inputs."""
