"""Parts of pictures: style, axes and inputs."""
