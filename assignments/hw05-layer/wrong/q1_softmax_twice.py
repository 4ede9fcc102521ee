"""Ends in two softmaxes: no loss below log(1 + (K-1)/e)."""

# question: q1
# fails: test_hidden_loss_goes_to_zero

import keras


def train(X, y, classes, hidden, epochs, seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(classes, activation="softmax")]
    model = keras.Sequential([keras.Input((X.shape[1],)), *layers, keras.layers.Softmax()])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    first = float(model.evaluate(X, y, batch_size=len(X), verbose=0))
    losses = model.fit(X, y, batch_size=32, epochs=epochs, verbose=0).history["loss"]
    W1, b1, W2, b2 = model.get_weights()
    return {"first_loss": first, "losses": losses, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
